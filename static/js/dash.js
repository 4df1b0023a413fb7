// The entry: each module listens by itself. Nothing here is needed to use the product.
import "./box.js";
import "./copy.js";
import "./counts.js";
import "./door.js";
import "./facets.js";
import "./focus.js";
import "./keys.js";
import "./newer.js";
import "./notice.js";
import "./peek.js";
import "./selection.js";
import "./swap.js";
import "./theme.js";
import "./zone.js";
