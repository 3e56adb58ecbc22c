import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** As `tls.createServer` takes it. */
export interface Certificate {
	readonly key: string;
	readonly cert: string;
}

/** A fresh self-signed certificate for 127.0.0.1 and localhost, which nobody trusts. RFC 5280, written by hand as DER. */
export function selfSigned(): Certificate {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
	const commonName = sequence(oid(0x55, 0x04, 0x03), utf8("hostile relay"));
	const name = sequence(set(commonName));
	const validity = sequence(time(Date.now() - day), time(Date.now() + day));
	const names = sequence(tagged(0x87, Buffer.of(127, 0, 0, 1)), tagged(0x82, Buffer.from("localhost")));
	const extensions = sequence(sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, names)));
	const unsigned = sequence(
		tagged(0xa0, integer(Buffer.of(2))), // version 3
		integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
		ecdsaWithSha256,
		name,
		validity,
		name,
		publicKey.export({ type: "spki", format: "der" }),
		tagged(0xa3, extensions),
	);
	const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign("sha256", unsigned, privateKey)]));
	const encoded = sequence(unsigned, ecdsaWithSha256, signature).toString("base64");
	return {
		key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${encoded.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`,
	};
}

/** Milliseconds. */
const day = 86_400_000;

function tagged(tag: number, content: Buffer): Buffer {
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...members: readonly Buffer[]): Buffer {
	return tagged(0x30, Buffer.concat(members));
}

function set(...members: readonly Buffer[]): Buffer {
	return tagged(0x31, Buffer.concat(members));
}

function oid(...bytes: readonly number[]): Buffer {
	return tagged(0x06, Buffer.from(bytes));
}

function integer(bytes: Buffer): Buffer {
	return tagged(0x02, bytes);
}

function utf8(text: string): Buffer {
	return tagged(0x0c, Buffer.from(text));
}

/** UTCTime, `YYMMDDHHMMSSZ`. */
function time(milliseconds: number): Buffer {
	return tagged(
		0x17,
		Buffer.from(
			`${new Date(milliseconds)
				.toISOString()
				.replace(/[-:T]|\.\d+/g, "")
				.slice(2)}`,
		),
	);
}
