import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { importPath } from "./importPath.ts";
import { importSummary, refusedEntries } from "./importReport.ts";
import { logOffer, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText, plainText } from "./plainText.ts";
import { isOpenToOthers } from "./privateFile.ts";
import type { LiveSettings } from "./settings.ts";
import { logImport } from "./transferCommands.ts";

type ImportParts = Pick<Parts, "relays" | "log">;

/** Imports the accounts of the file that the setting `importFile` names: now, and when the setting changes. */
export function importAtStart(parts: ImportParts, settings: LiveSettings): vscode.Disposable {
	let last = "";
	// One after another: two imports at once would tell the same entry twice.
	let running: Promise<void> = Promise.resolve();
	const update = (): void => {
		const typed = settings.current.importFile;
		if (typed === last) return;
		last = typed;
		if (typed !== "") running = running.then(() => importNamedFile(parts, typed));
	};
	update();
	return settings.onDidChange(update);
}

/** Never rejects: a start must not fail over this file. What goes wrong is logged and said once. */
async function importNamedFile({ relays, log }: ImportParts, typed: string): Promise<void> {
	const path = importPath(typed, homedir());
	const name = plainText(path ?? typed);
	if (path === null) {
		warn(
			log,
			vscode.l10n.t("The import file {0} is not used: give an absolute path, or one that begins with ~/.", name),
		);
		return;
	}
	try {
		const { mode } = await stat(path);
		const report = await relays.import(await readFile(path, "utf8"));
		logImport(log, report);
		if (isOpenToOthers(mode, process.platform)) {
			warn(
				log,
				vscode.l10n.t(
					"Other users have access to the import file {0}, keys included. Allow only yourself (chmod 600).",
					name,
				),
			);
		}
		if (report.fileProblem !== null || refusedEntries(report).length > 0) {
			tell(log, "warning", `${name}: ${importSummary(report)}`, [logOffer(log)]);
		}
	} catch (error) {
		warn(
			log,
			isMissing(error)
				? vscode.l10n.t("The import file {0} does not exist.", name)
				: vscode.l10n.t("The import file {0} could not be imported: {1}", name, errorText(error)),
		);
	}
}

/** Once in the log and once on the screen. */
function warn(log: vscode.LogOutputChannel, message: string): void {
	log.warn(message);
	tell(log, "warning", message, [logOffer(log)]);
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}
