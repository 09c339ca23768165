/* Asks for orders or appointments again when one of them, or who waits for it, has changed. */

import { follow } from "/desk/desk.js";

follow(["alert", "visit"], document.getElementById("part"));
