package consul

import "regexp"

var (
	// isService matches names of services that DNS can hold, outside of Kubernetes
	// too; Consul takes others with a warning.
	isService = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?$`)
	// isLabelWord matches the names of labels without a prefix, and their values.
	isLabelWord = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
)

// readName reads the name of a service that is called; "" and anyName are left to
// the caller.
func readName(v value) string {
	name := v.text()
	if name != "" && name != anyName && !isService.MatchString(name) {
		v.Node.Reject("cannot be the name of a service")
	}
	return name
}
