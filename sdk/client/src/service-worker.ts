/** A service worker that does what Pealbell needs and nothing else: serve it from your site, and name it to `registerWebPush`. */
import { installPealbell } from './worker/worker.js';

installPealbell();
