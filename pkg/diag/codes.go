package diag

// Codes of findings in the source. A code is fine enough to say what is wrong
// and coarse enough not to leak how it was found.
const (
	// Unreadable: the file is not YAML or JSON.
	Unreadable Code = "unreadable"
	// TooLarge: a document is over the size, depth or alias limit.
	TooLarge Code = "too-large"
	// WrongType: a value has not the type that its field needs.
	WrongType Code = "wrong-type"
	// UnknownField: the kind has no such field.
	UnknownField Code = "unknown-field"
	// UnknownKind: the mesh has no such kind, or not in this version.
	UnknownKind Code = "unknown-kind"
	// NoManifest: the document is a list, as patches are.
	NoManifest Code = "no-manifest"
	// DuplicateKey: a mapping says a key twice.
	DuplicateKey Code = "duplicate-key"
	// DuplicateObject: two documents describe one object.
	DuplicateObject Code = "duplicate-object"
	// InvalidValue: the API server or the mesh would reject the value.
	InvalidValue Code = "invalid-value"
	// InvalidRegex: a regular expression does not compile.
	InvalidRegex Code = "invalid-regex"
	// InvalidObject: the API server or the mesh would reject the object.
	InvalidObject Code = "invalid-object"
	// UnknownService: a route or policy refers to a Service that is not in the
	// input.
	UnknownService Code = "unknown-service"
	// UnknownSubset: a route refers to a subset that no object defines.
	UnknownSubset Code = "unknown-subset"
	// NoBackend: a rule sends requests to nothing.
	NoBackend Code = "no-backend"
	// UnknownReference: an object refers to one that is not in the input.
	UnknownReference Code = "unknown-reference"
	// HostClaimedTwice: two objects claim one host; the mesh would take one.
	HostClaimedTwice Code = "host-claimed-twice"
	// MeshesCollide: documents of two meshes configure the same.
	MeshesCollide Code = "meshes-collide"
	// OrderUnknown: which of two objects counts depends on their age, or on ports of a
	// Service, that the input does not tell.
	OrderUnknown Code = "order-unknown"
	// Inert: the value has no effect in the source mesh.
	Inert Code = "inert"
	// NeverMatches: a condition holds for no request that there can be.
	NeverMatches Code = "never-matches"
	// Shadowed: an earlier rule takes all requests of this one.
	Shadowed Code = "shadowed"
	// Deprecated says that the source mesh is about to drop the field.
	Deprecated Code = "deprecated"
	// NotTranslated: the kind or field is known but has no place in the model.
	NotTranslated Code = "not-translated"
	// Controlled: a controller changes the object all the time.
	Controlled Code = "controlled"
	// Assumption: what no manifest says was assumed, a value or what runs the
	// target, and security output depends on it.
	Assumption Code = "assumption"
)

// Codes of what legalization did.
const (
	// Dropped: the target cannot say it, and it is not in the output.
	Dropped Code = "dropped"
	// Refused: routing that the target cannot say; the table is not in the
	// output.
	Refused Code = "refused"
	// Withheld: a deny-all stands in place of what the target cannot say.
	Withheld Code = "withheld"
	// Narrowed: the output admits less than the input.
	Narrowed Code = "narrowed"
	// Widened: the output admits more than the input; only if accepted.
	Widened Code = "widened"
	// Unsecured: connections of which mutual TLS was required are not secured so.
	Unsecured Code = "unsecured"
	// Unaccounted: nobody knows what became of a value.
	Unaccounted Code = "unaccounted"
	// AllowLost: a whole allow rule is not in the output.
	AllowLost Code = "allow-lost"
	// Approximated: said in other words with a slightly different effect.
	Approximated Code = "approximated"
	// DefaultDiffers: the source mesh's default has no equal in the target.
	DefaultDiffers Code = "default-differs"
	// DefaultStated: the output says what the source mesh does by default.
	DefaultStated Code = "default-stated"
	// OrderNotExpressible: the target ranks rules by itself and would choose
	// another one.
	OrderNotExpressible Code = "order-not-expressible"
	// NeedsInventory: the input lacks a Service or workload that the
	// translation needs.
	NeedsInventory Code = "needs-inventory"
	// NeedsCompleteInventory: sound only where the environment declares the
	// inventory complete.
	NeedsCompleteInventory Code = "needs-complete-inventory"
	// Kept: stays in force where it is and is not written again.
	Kept Code = "kept"
	// Prerequisite: the target needs something that is not in the output.
	Prerequisite Code = "prerequisite"
	// CheckFailed: the output read back does not mean what was written: a fault
	// of this program.
	CheckFailed Code = "check-failed"
)
