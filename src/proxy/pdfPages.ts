/** Characters of Base64 that are searched, half of them at the end: 4 MiB. */
const searched = Math.ceil((4 * 1024 * 1024) / 3) * 4;
/** Bytes of a page where a file does not tell: between a page of text and a scanned one. */
const usualPage = 75_000;
/** No account takes more; a count above it is none. */
const mostPages = 10_000;

const tree = /\/Type\s*\/Pages\b/;
const count = /\/Count\s+(\d+)/;
const page = /\/Type\s*\/Page\b/g;

/**
 * How many pages a PDF has, at least 1: as the root of its tree of pages says, else by its pages, else by its size. Newer
 * files keep tree and pages compressed, and of large ones only beginning and end are searched.
 * @param data Base64.
 */
export function pdfPages(data: string): number {
	const text = searchedPart(data);
	const told = text
		.split("endobj")
		.filter((object) => tree.test(object))
		.map((object) => Number(count.exec(object)?.[1] ?? 0))
		// The root's is the greatest.
		.reduce((most, pages) => (pages > most && pages <= mostPages ? pages : most), 0);
	if (told > 0) return told;
	const found = text.match(page)?.length ?? 0;
	return found > 0 ? found : Math.max(1, Math.ceil(((data.length / 4) * 3) / usualPage));
}

function searchedPart(data: string): string {
	const half = searched / 2;
	// Base64 is read in groups of four.
	const end = Math.ceil((data.length - half) / 4) * 4;
	const parts = data.length > searched ? [data.slice(0, half), data.slice(end)] : [data];
	return parts.map((part) => Buffer.from(part, "base64").toString("latin1")).join("\n");
}
