package intent

import "strings"

// Export says that a Service is offered to other clusters: their workloads are told of it
// and may send there, as far as its policies let them in. It is additive: what no Export
// offers is known to its own cluster alone, and so is all where clusters are not joined.
type Export struct {
	Home *Home
	// Service is the one that is offered: the Name "*" is all of its namespace, which ""
	// stands for any.
	Service Name
	// To is whom it is offered to; nil is all that are joined to the cluster.
	To *Cluster
	// As is how it is called there.
	As ExportName
	// Gateway says that what they send comes by a gateway, so that the Service knows its
	// clients as that alone.
	Gateway bool
	From    Origin
}

// Cluster is one that another is joined to, or some of these under one name.
type Cluster struct {
	Kind ClusterKind
	Name string
}

// ClusterKind is how clusters are joined.
type ClusterKind string

// The kinds of clusters.
const (
	Peer      ClusterKind = "peer"      // with servers of its own
	Partition ClusterKind = "partition" // of the same servers
	Sameness  ClusterKind = "sameness group"
)

// ExportName is how other clusters call a Service.
type ExportName uint8

const (
	ExportApart ExportName = iota // by a name that tells the cluster, too
	ExportJoint                   // by a name for those of all clusters, beside its own
	ExportOwn                     // by its own name, which in each cluster stands for those of all
)

// exportNames are the texts of ExportNames.
var exportNames = [...]string{"under a name with the cluster's", "under one name for all clusters", "under its own name"}

func (n ExportName) String() string { return exportNames[n] }

// Origin is where the fact stands.
func (e *Export) Origin() Origin { return e.From }

// Offers reports whether a Service, or all that its Name "*" stands for, is offered to one
// cluster, or to all where that is nil.
func (e *Export) Offers(s Name, to *Cluster) bool {
	return (e.Service.Namespace == "" || e.Service.Namespace == s.Namespace) && (e.Service.Name == "*" || e.Service.Name == s.Name) &&
		(e.To == nil || to != nil && *to == *e.To)
}

// Title names what is offered for people.
func (e *Export) Title() string {
	switch {
	case e.Service.Name != "*":
		return "Service " + e.Service.String()
	case e.Service.Namespace == "":
		return "all Services"
	}
	return "all Services of namespace " + e.Service.Namespace
}

// Recipients says to whom it is offered.
func (e *Export) Recipients() string {
	if e.To == nil {
		return "all clusters"
	}
	return string(e.To.Kind) + " " + e.To.Name
}

// Manner says how it is offered.
func (e *Export) Manner() string {
	if e.Gateway {
		return e.As.String() + " by a gateway"
	}
	return e.As.String()
}

// Alike reports whether two are offered in the same manner.
func (e *Export) Alike(other *Export) bool { return e.As == other.As && e.Gateway == other.Gateway }

func (p *printer) export(e *Export) {
	p.line("offer", strings.TrimPrefix(e.Title(), "Service "), "to", e.Recipients(), e.Manner())
}
