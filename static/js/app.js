// What every page does. Each module adds its listeners to the document, so that fragments need no set-up of their own.
import "./errors.js";
import "./focus.js";
import "./menus.js";
import "./dialogs.js";
import "./copy.js";
