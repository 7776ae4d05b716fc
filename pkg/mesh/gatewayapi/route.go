package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Route is a route object as read, with its rules in its own order.
type Route struct {
	Object   *source.Object
	Home     *intent.Home
	Protocol intent.Protocol // HTTP or GRPC
	// Created is metadata.creationTimestamp in RFC 3339, or "".
	Created   string
	Hostnames []Hostname
	Parents   []Parent
	// Rules has one entry for each match of each rule: matches rank alone.
	Rules []intent.Rule
	// Inert says why the route has no effect at all, or "".
	Inert string
}

// Hostname is a hostname of a route or listener, lower case, perhaps with a
// leading "*.".
type Hostname struct {
	Name string
	From intent.Origin
}

// Parent is a parentRef with its defaults filled in.
type Parent struct {
	Group, Kind string
	Name        intent.Name
	Port        int    // 0 is not said
	Section     string // "" is not said
	Node        *source.Node
}

// IsService reports whether the parent is a Kubernetes Service.
func (p Parent) IsService() bool { return (p.Group == "" || p.Group == "core") && p.Kind == "Service" }

// IsGateway reports whether the parent is a Gateway.
func (p Parent) IsGateway() bool { return p.Group == group && p.Kind == "Gateway" }
