package diag

// CodeInfo explains a code to users.
type CodeInfo struct {
	Code Code
	// Severity is the code's own; legalization may raise it by drift and kind.
	Severity Severity
	// Meaning says when the code is reported; Fix what to do about it.
	Meaning, Fix string
}

// Codes lists all codes, those of the source first.
var Codes = []CodeInfo{
	{Unreadable, Error, "A document is not YAML, JSON or HCL, is a template that was not rendered, or holds merge-conflict markers. The other documents are translated; if it may have been a policy, what it may guard is denied.", "Correct the document at the line given; render templates first, for example with helm template."},
	{TooLarge, Error, "A document is larger than the limit, nests too deep, or grows beyond the limit through aliases.", "Split the document, or raise the limit with --max-bytes."},
	{WrongType, Error, "A value is not of the type that its field needs. The API server would reject the whole object, so it is not translated; if it is a policy, what it may guard is denied.", "Correct the value."},
	{UnknownField, Warning, "The kind has no field of this name at this place. The API server drops it silently or rejects the object, so it has no effect; if the object is a policy, what it may guard is denied.", "Check the spelling and the indentation."},
	{UnknownKind, Error, "The mesh has no such kind, or not in this API version. A cluster would refuse the object, so it is not translated; where kinds of its group keep requests out, what it may guard is denied.", "Check kind and apiVersion."},
	{NoManifest, Warning, "A document is a list, as JSON patches are, and no manifest.", "Leave it out."},
	{DuplicateKey, Error, "A map says a key twice. Parsers disagree about which one counts.", "Remove one of the two."},
	{DuplicateObject, Error, "Two documents describe one object in different ways. Which one a cluster holds depends on the order in which they were applied, so neither is translated.", "Keep one of them."},
	{InvalidValue, Error, "The API server or the mesh would reject the value.", "Correct the value."},
	{InvalidRegex, Error, "A regular expression does not compile as RE2.", "Correct the expression; look-around and back-references do not exist in RE2."},
	{InvalidObject, Error, "The API server or the mesh would reject the object. It is not translated; if it is a policy, what it may guard is denied.", "Correct the object."},
	{UnknownService, Warning, "A route or policy refers to a Service that is not in the input. It may exist in the cluster.", "Add the Service to the input, or declare the inventory complete to have it treated as missing."},
	{UnknownSubset, Warning, "A route refers to a subset that no object in the input defines. Requests to it fail.", "Add the object that defines it."},
	{NoBackend, Warning, "No backend of a rule has a weight above 0, so that its requests fail. The translation has them fail too.", "Give a backend a weight, or remove the rule."},
	{UnknownReference, Warning, "An object refers to one that is not in the input.", "Add the object."},
	{HostClaimedTwice, Warning, "Two objects claim one host. The mesh takes the older one, or merges them in an order that is not to be relied on.", "Claim each host in one object."},
	{MeshesCollide, Error, "Documents of two meshes configure the requests of one Service, or who reaches one workload. The pods obey the mesh whose proxies they have, which no manifest tells; only what the source mesh says is translated.", "Translate one mesh at a time, with the documents of the other left out."},
	{OrderUnknown, Error, "Which of several objects counts depends on what the input does not tell: their age, or the ports of a Service that it does not show. Routing is withheld, or for routes of the Gateway API read in the order of their names; policies are read in the strictest way.", "Export the objects with metadata.creationTimestamp, add the Service, or remove the overlap."},
	{Inert, Warning, "The value has no effect in the source mesh, so it is not translated.", "Remove it, or correct what keeps it from working."},
	{NeverMatches, Warning, "A condition holds for no request: a path that does not begin with a slash, a method that is not in capitals, a host with a slash. What needs it lets in, keeps out and routes nothing; where it is negated, it excepts nothing.", "Correct the value."},
	{Shadowed, Warning, "An earlier rule, or a denial, takes every request of this one, so that it has no effect.", "Reorder or remove the rule; see what takes its requests."},
	{Deprecated, Info, "The source mesh is about to drop the field or kind.", "Move to what replaces it."},
	{NotTranslated, Warning, "The kind or field is known, but only its own mesh can express it. It is written back for the same mesh and left out for others; where it may keep requests out, what it guards is denied. Or the object is of another dialect that the source mesh obeys too, and is to be translated apart.", "Configure its purpose in the target by hand, then accept the finding."},
	{Controlled, Warning, "A controller such as Flagger or Argo Rollouts sets the weights of the routes, or writes them in the cluster. Those of the input are translated as they are now, and nobody changes the output.", "Finish the release first, or configure the controller for the target mesh and leave these routes to it."},
	{Assumption, Warning, "Output that concerns security depends on what no manifest says: a value, or what runs the target.", "Say it in the environment file, or name what runs the target as its version."},
	{Dropped, Warning, "The target cannot express it, and the output is without it. As a note, nothing is lost that had an effect.", "Decide whether you need it; accept the finding if not."},
	{Refused, Error, "The target cannot express where these requests go. Nothing is written for the host, rather than something else.", "Change the route, or write it by hand."},
	{Withheld, Error, "The target cannot express what keeps requests out. A deny-all stands in its place, so that nothing is open that was closed.", "Express it in another way. Accept withheld to live with the denial, or widened for the object to go without the protection."},
	{Narrowed, Warning, "The output admits less than the input.", "Check whether anyone needs what is now denied."},
	{Unsecured, Error, "The input requires mutual TLS, and the output's connections do not have it, though clients are told apart in another way.", "Encrypt the traffic of the cluster, and accept the rest."},
	{Widened, Error, "The output admits, or lets out, what the input kept from it: since that was accepted, or since the target can neither say it nor deny it.", "Protect it in another way, or accept it."},
	{AllowLost, Error, "A whole allow rule cannot be expressed, so what it admitted is denied.", "Express it in another way."},
	{Approximated, Warning, "It is said in other words. As a note it has the same effect; as a warning its effect differs a little, as the finding says.", "Check a warning: whether the difference matters."},
	{DefaultDiffers, Info, "What the source mesh does by default, without any manifest asking for it, the target does otherwise.", "Say it in a manifest if you rely on it."},
	{DefaultStated, Info, "What the source mesh does by default the target does otherwise, and the output says it on every route that says nothing of its own.", "Remove it from the output where the default of the target is as good."},
	{OrderNotExpressible, Error, "The target ranks rules by itself, and would prefer another rule than the source for some requests.", "Make the rules disjoint."},
	{NeedsInventory, Error, "The translation needs a Service or workload that is not in the input.", "Add its manifest to the input."},
	{NeedsCompleteInventory, Error, "The translation enumerates what exists, which is only sound if the input holds everything: what it does not show is left open.", "Declare complete.services and complete.workloads in the environment file, or do what the finding says."},
	{Kept, Info, "It stays in force where it is and is not written again.", "Nothing."},
	{Prerequisite, Info, "The target needs something beside the output.", "See the finding."},
	{Unaccounted, Warning, "A value was read, and neither the output nor another finding tells what became of it. The verdict counts as unsure.", "Check whether the output needs what the value says, and please report it with the input."},
	{CheckFailed, Error, "A check of this program's own work failed. Where it concerns who is let in, nothing is written.", "Please report it with the input."},
}

// Info finds what is known of a code; ok is false where there is no such code.
func (c Code) Info() (info CodeInfo, ok bool) {
	for _, info := range Codes {
		if info.Code == c {
			return info, true
		}
	}
	return CodeInfo{}, false
}

// Severity is the code's own severity; legalization may raise it by drift and
// kind (legal/severity.go). A code that is not in Codes is an Error.
func (c Code) Severity() Severity {
	if info, ok := c.Info(); ok {
		return info.Severity
	}
	return Error
}
