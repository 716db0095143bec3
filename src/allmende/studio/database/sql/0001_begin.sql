-- Who may do what.
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
  password TEXT NOT NULL, created INTEGER NOT NULL, disabled INTEGER NOT NULL
);
CREATE TABLE sessions (
  token TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), created INTEGER NOT NULL,
  used INTEGER NOT NULL
);
CREATE TABLE invitations (
  token TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), expires INTEGER NOT NULL
);
CREATE TABLE attempts (what TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX attempts_by_who ON attempts (what, who, at);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counters VALUES ('change', 0), ('job', 0), ('note', 0), ('comment', 0), ('decision', 0);

-- What is studied.
CREATE TABLE studies (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, owner TEXT NOT NULL REFERENCES accounts (id),
  state TEXT NOT NULL, comments TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
  published INTEGER NOT NULL
);
CREATE TABLE versions (
  study TEXT NOT NULL REFERENCES studies (id), number INTEGER NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
  command TEXT NOT NULL, hash TEXT NOT NULL, job INTEGER NOT NULL, created INTEGER NOT NULL,
  public INTEGER NOT NULL, PRIMARY KEY (study, number)
);
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, study TEXT NOT NULL REFERENCES studies (id),
  account TEXT NOT NULL REFERENCES accounts (id), kind TEXT NOT NULL, question TEXT NOT NULL,
  state TEXT NOT NULL, said TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL,
  changed INTEGER NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, id);

-- What is written about it.
CREATE TABLE notes (
  id INTEGER PRIMARY KEY, study TEXT NOT NULL REFERENCES studies (id), slug TEXT NOT NULL,
  author TEXT NOT NULL REFERENCES accounts (id), state TEXT NOT NULL, revision INTEGER NOT NULL,
  created INTEGER NOT NULL, published INTEGER NOT NULL, updated INTEGER NOT NULL
);
CREATE TABLE slugs (
  study TEXT NOT NULL, slug TEXT NOT NULL, note INTEGER NOT NULL REFERENCES notes (id), PRIMARY KEY (study, slug)
);
CREATE TABLE revisions (
  note INTEGER NOT NULL REFERENCES notes (id), number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  public INTEGER NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (note, number)
);
CREATE TABLE tags (slug TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE tagged (
  note INTEGER NOT NULL REFERENCES notes (id), tag TEXT NOT NULL REFERENCES tags (slug), PRIMARY KEY (note, tag)
);
CREATE TABLE comments (
  id INTEGER PRIMARY KEY, study TEXT NOT NULL REFERENCES studies (id), note INTEGER NOT NULL,
  parent INTEGER NOT NULL, name TEXT NOT NULL, account TEXT NOT NULL, text TEXT NOT NULL,
  renderer INTEGER NOT NULL, state TEXT NOT NULL, flags TEXT NOT NULL, writer TEXT NOT NULL,
  digest TEXT NOT NULL, created INTEGER NOT NULL, edited INTEGER NOT NULL
);
CREATE INDEX comments_by_place ON comments (study, note, state, id);
CREATE INDEX comments_by_state ON comments (state, id);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, comment INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  account TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
);

-- Private: never joined into a page; each row has the day on which it goes.
CREATE TABLE private_addresses (comment INTEGER PRIMARY KEY, email TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE private_networks (network TEXT NOT NULL, what TEXT NOT NULL, study TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX private_networks_by_network ON private_networks (network, what, at);
CREATE TABLE looks (comment INTEGER NOT NULL, account TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE spent (nonce TEXT PRIMARY KEY, expires INTEGER NOT NULL);
