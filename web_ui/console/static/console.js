/* The console's pages ask for themselves again when something changed. */

import { follow } from "/desk/desk.js";

follow(["visit", "alert", "kiosk"], document.getElementById("part"));
