// The comments of a log: who else has it open, and names that are completed behind an @.
import "./calling.js";
import "./here.js";
