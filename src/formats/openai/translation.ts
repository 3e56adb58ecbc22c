import { eventStream } from "../eventStream.ts";
import type { Translation } from "../translation.ts";
import { writeOpenaiError } from "./errors.ts";
import { openaiFeatureNames } from "./featureNames.ts";
import { foreignMarks, withoutForeignSeals } from "./foreignSeals.ts";
import { readReply, streamReader } from "./replyReader.ts";
import { writeReply } from "./replyWriter.ts";
import { readRequest } from "./requestReader.ts";
import { writeRequest } from "./requestWriter.ts";
import { streamWriter } from "./streamWriter.ts";

/** Chat Completions; the older `/completions` goes on direct alone. */
export const openaiTranslation: Translation = {
	readRequest,
	writeRequest,
	streamReader,
	readReply,
	streamWriter,
	streamForm: eventStream,
	writeReply,
	writeError: writeOpenaiError,
	takesUrls: new Set(["image"]),
	featureNames: openaiFeatureNames,
	foreignMarks,
	withoutForeignSeals,
};
