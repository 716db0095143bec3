"""Jobs: long questions, answered one after another in processes of their own."""
