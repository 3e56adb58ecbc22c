/** The smallest PNG: one transparent pixel. */
export const pixelPng =
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const pixelDescription = `image/png, ${Buffer.from(pixelPng, "base64").length} bytes`;

/** A function that every format's test offers. */
export const weatherTool = {
	name: "get_weather",
	description: "The weather in a city.",
	parameters: {
		type: "object" as const,
		properties: { city: { type: "string" }, days: { type: "integer" } },
		required: ["city"],
	},
};
export const weatherInput = { city: "Reykjavík", days: 1 };

/** Reads an asynchronous sequence to its end. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const collected: Item[] = [];
	for await (const item of items) collected.push(item);
	return collected;
}
