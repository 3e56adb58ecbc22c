type Given<Members> = {
	[Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name];
} & {
	[Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined>;
};

/** The members that were given: those that are undefined are left out. */
export function given<Members extends object>(members: Members): Given<Members> {
	// The compiler cannot follow what is left out by its value.
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<Members>;
}
