import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { startOwnProcess } from "./ownProcess.ts";

/** Something the machine must have, and the Debian package that brings it. */
export interface SystemNeed {
	readonly debianPackage: string;
	readonly isThere: () => boolean;
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** @returns the command's full path, or undefined when it is not in PATH. */
export function findCommand(name: string): string | undefined {
	return (process.env["PATH"] ?? "")
		.split(delimiter)
		.map((folder) => join(folder, name))
		.find(isExecutable);
}

function runVisibly(command: string, args: readonly string[]): Promise<number> {
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	return startOwnProcess(command, args, { cwd: "/", env, onLine: (line) => console.log(line) }).ended;
}

/**
 * Brings what is missing through apt when this is root on a Debian-like system.
 * @throws with the exact line to run otherwise.
 */
export async function ensureSystemPackages(needs: readonly SystemNeed[]): Promise<void> {
	const missing = needs.filter((need) => !need.isThere()).map((need) => need.debianPackage);
	if (missing.length === 0) {
		return;
	}
	const names = missing.join(" ");
	const byHand = `This machine lacks ${names}. On Debian or Ubuntu run:\n\n    sudo apt-get update && sudo apt-get install -y ${names}\n`;
	const apt = findCommand("apt-get");
	if (apt === undefined || process.getuid?.() !== 0) {
		throw new Error(byHand);
	}
	console.log(`This machine lacks ${names}: installing with apt-get …`);
	const install = ["install", "-y", "--no-install-recommends", ...missing];
	// A fresh container has no package lists yet: then the first try cannot know the packages.
	if ((await runVisibly(apt, install)) !== 0) {
		if ((await runVisibly(apt, ["update"])) !== 0 || (await runVisibly(apt, install)) !== 0) {
			throw new Error(`apt-get could not install ${names}; what it said is above.`);
		}
	}
	const stillMissing = needs.filter((need) => !need.isThere()).map((need) => need.debianPackage);
	if (stillMissing.length > 0) {
		throw new Error(`apt-get installed ${stillMissing.join(" ")}, yet what was needed from it is not found.`);
	}
}
