import { firstByte } from "./firstByte.ts";
import { flat } from "./flat.ts";
import { gone } from "./gone.ts";
import { paced } from "./paced.ts";
import type { Part } from "./part.ts";
import { slow } from "./slow.ts";
import { small } from "./small.ts";
import { stopped } from "./stopped.ts";
import { translated } from "./translated.ts";
import { upload } from "./upload.ts";

/** In the order in which they run. */
export const parts: readonly Part[] = [small, firstByte, paced, flat, slow, upload, stopped, gone, translated];
