package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// reason is why part of a fact cannot be said by the names of servers and clients, and
// what its author can do about it.
type reason struct{ why, fix string }

// What to do where the input shows too little, and where it asks for too much.
const (
	showMore     = "add the Services and workloads that it is about to the input"
	sayOtherwise = "say it by conditions that the target knows"
)

// whyPart is for a term of which it is not known whether it holds for a client, or of
// clients that the input does not name (nil).
func whyPart(t term, client *Party) reason {
	who := match.String(t.who)
	if client == nil {
		return reason{"clients that the input does not name cannot be told by " + who, "add the Services and workloads of these clients to the input"}
	}
	return reason{"the target's name " + client.Name + " is that of more clients than " + who, "add the Services and workloads of these clients to the input"}
}

// onePort is for other ports than a server's own.
func onePort(p Party) reason {
	port := ""
	if p.Port != 0 {
		port = " " + strconv.Itoa(p.Port)
	}
	return reason{"it is about other ports of " + p.Name + " than the one" + port + " that clients reach", "serve such a port by a Service and workload of its own, if clients of the mesh need it"}
}

// wholeOf is for a fact about a part of a server's workloads.
func wholeOf(p Party) reason {
	return reason{"a policy is for the whole of " + p.Name, "give the workloads that it is about a Service of their own"}
}

// reasons are all of them in one sentence, and what to do about each.
func reasons(of []reason) (why, fix string) {
	var whys, fixes []string
	for _, r := range of {
		whys = append(whys, r.why)
		if !slices.Contains(fixes, r.fix) {
			fixes = append(fixes, r.fix)
		}
	}
	return strings.Join(whys, "; "), strings.Join(fixes, "; ")
}
