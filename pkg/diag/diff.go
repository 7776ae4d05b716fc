package diag

// DiffSchema names the JSON form of a comparison.
const DiffSchema = "transmesh/diff/v1"

// DiffReport is what a comparison of two sets of manifests has to say, ready to be
// rendered. Its JSON form is a contract: see DiffSchema.
type DiffReport struct {
	Schema string `json:"schema"`
	// Verdict is about the second set beside the first: same, narrower, wider,
	// different or unsure.
	Verdict string   `json:"verdict"`
	First   DiffSide `json:"first"`
	Second  DiffSide `json:"second"`
	// Scopes are all that was compared, sorted by scope.
	Scopes []DiffScope `json:"scopes"`
	// Differences are the gravest first.
	Differences []DiffEntry `json:"differences"`
}

// DiffSide is one of the two sets.
type DiffSide struct {
	// Name is what the set is called in sentences: "the first", "before".
	Name string `json:"name"`
	Dialect
	Findings []Finding `json:"findings"`
}

// DiffScope is the verdict about one aspect of one scope.
type DiffScope struct {
	Verdict string `json:"verdict"`
	Aspect  string `json:"aspect"`
	Scope   string `json:"scope"`
}

// DiffEntry is one difference.
type DiffEntry struct {
	DiffScope
	// Summary is a sentence for a reviewer, without a period, with names in
	// backquotes.
	Summary string `json:"summary"`
	// Witness is a request that shows it; nil where it is not about a request.
	Witness *DiffWitness `json:"witness,omitempty"`
	First   DiffAnswer   `json:"first"`
	Second  DiffAnswer   `json:"second"`
}

// DiffAnswer is what one set does, and the lines that make it so.
type DiffAnswer struct {
	Does string     `json:"does"`
	At   []Location `json:"at"`
}

// DiffWitness is a request with who sends it to whom. What is absent is empty.
type DiffWitness struct {
	// Command is the request as a line like one of curl.
	Command string `json:"command"`
	// Client is who sends it; "" is every client alike. Clients are those of the
	// input with whom it shows the same.
	Client  string   `json:"client,omitempty"`
	Clients []string `json:"clients,omitempty"`
	// Service is namespace/name of the Service addressed, Host a DNS name that is
	// none, Server a workload in words to which no Service leads.
	Service string `json:"service,omitempty"`
	Host    string `json:"host,omitempty"`
	Server  string `json:"server,omitempty"`
	Port    int    `json:"port,omitempty"`
	// Entry is the ingress that it comes through, namespace/name.
	Entry    string            `json:"entry,omitempty"`
	Protocol string            `json:"protocol"` // http or tcp
	Method   string            `json:"method,omitempty"`
	Path     string            `json:"path,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Query    map[string]string `json:"query,omitempty"`
	// Token is the principal of a valid token, issuer/subject.
	Token string `json:"token,omitempty"`
}
