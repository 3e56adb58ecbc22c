import { isAbsolute, join } from "node:path";

/**
 * The file that the setting `importFile` names: an absolute path, or one below the home folder when it begins with `~/`.
 * @returns null for any other path, which would depend on where VS Code was started.
 */
export function importPath(typed: string, home: string): string | null {
	if (/^~[/\\]/.test(typed)) return join(home, typed.slice(2));
	return isAbsolute(typed) ? typed : null;
}
