/** The beginning of a PNG of some size, in Base64: all that tells the size. */
export function pngOf(width: number, height: number): string {
	const head = Buffer.alloc(33);
	head.write("\x89PNG\r\n\x1a\n", "latin1");
	head.writeUInt32BE(13, 8);
	head.write("IHDR", 12, "latin1");
	head.writeUInt32BE(width, 16);
	head.writeUInt32BE(height, 20);
	return head.toString("base64");
}

/** A JPEG of some size, in Base64, with so many bytes of something else before the size. */
export function jpegOf(width: number, height: number, before: number): string {
	const segments: Buffer[] = [Buffer.of(0xff, 0xd8)];
	for (let left = before; left > 0; left -= 60_000) {
		const length = Math.min(left, 60_000);
		const head = Buffer.of(0xff, 0xe2, (length + 2) >> 8, (length + 2) & 0xff);
		segments.push(head, Buffer.alloc(length, 1));
	}
	const size = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
	size.writeUInt16BE(height, 5);
	size.writeUInt16BE(width, 7);
	return Buffer.concat([...segments, size, Buffer.of(0xff, 0xd9)]).toString("base64");
}
