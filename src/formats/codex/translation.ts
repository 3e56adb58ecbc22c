import { eventStream } from "../eventStream.ts";
import type { Translation } from "../translation.ts";
import { writeCodexError } from "./errors.ts";
import { codexFeatureNames } from "./featureNames.ts";
import { foreignMarks, withoutForeignSeals } from "./foreignSeals.ts";
import { CodexReplyReader, readCodexReply } from "./replyReader.ts";
import { writeCodexReply } from "./replyWriter.ts";
import { readCodexRequest } from "./requestReader.ts";
import { writeCodexRequest } from "./requestWriter.ts";
import { CodexStreamWriter } from "./streamWriter.ts";

export const codexTranslation: Translation = {
	readRequest: readCodexRequest,
	writeRequest: writeCodexRequest,
	streamReader: (context) => new CodexReplyReader(context),
	readReply: readCodexReply,
	streamWriter: (context) => new CodexStreamWriter(context),
	streamForm: eventStream,
	writeReply: writeCodexReply,
	writeError: writeCodexError,
	takesUrls: new Set(["image", "document"]),
	featureNames: codexFeatureNames,
	foreignMarks,
	withoutForeignSeals,
};
