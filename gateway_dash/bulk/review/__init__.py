"""Work through a set of logs one at a time: a verdict, a score and a note for each, by several people at once."""
