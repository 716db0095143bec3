// Bundles entry.js into the one script that reports carry, and writes the licences of what is in it.
import { build } from "esbuild";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const assets = "../../src/allmende/reports/assets";
const result = await build({
  entryPoints: ["entry.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  metafile: true,
  outfile: `${assets}/charts.bundle.js`,
});

const packages = new Set(
  Object.keys(result.metafile.inputs)
    .map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
    .filter(Boolean),
);
const texts = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, "utf8").trim() : "";
  return `${name} ${version} (${license})\n${"-".repeat(60)}\n${text}\n`;
});
writeFileSync(
  `${assets}/LICENCES.txt`,
  `charts.bundle.js is built from the packages below (tools/bundle); their licences follow.\n\n${texts.join("\n")}`,
);
console.log(`${packages.size} packages`);
