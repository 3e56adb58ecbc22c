import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const packageOfInput = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The folder below the root of each package that has code in a bundle. */
function bundledPackages(results) {
	const folders = new Set();
	for (const { metafile } of results) {
		for (const output of Object.values(metafile.outputs)) {
			for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
				const folder = packageOfInput.exec(input)?.[0];
				if (folder !== undefined && bytesInOutput > 0) {
					folders.add(folder);
				}
			}
		}
	}
	return [...folders].sort();
}

/** For packages that name the MIT licence and leave its text out. */
const mitText = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function licenceTexts(folder, { name, license, author }) {
	const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
	if (files.length > 0) {
		return files.map((file) => readFileSync(join(folder, file), "utf8").trim());
	}
	if (license !== "MIT") {
		throw new Error(`${name} is bundled, yet brings no licence text.`);
	}
	return [`Copyright (c) ${typeof author === "string" ? author : (author?.name ?? `the authors of ${name}`)}`, mitText];
}

function notice(folder) {
	const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
	const heading = `${manifest.name} ${manifest.version} (${manifest.license})`;
	return [`${heading}\n${"-".repeat(heading.length)}`, ...licenceTexts(folder, manifest)].join("\n\n");
}

/** Writes the licences of all packages whose code is in the bundles. */
export async function writeNotices(root, results, file) {
	const packages = bundledPackages(results).map((folder) => join(root, folder));
	const head = "Relay Accounts contains code of the packages below, under their own licences.";
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, `${[head, ...packages.map(notice)].join("\n\n\n")}\n`);
}
