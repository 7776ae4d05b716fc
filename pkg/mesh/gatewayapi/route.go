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
	Lines     []Line
	// Inert says why the route has no effect at all, or "".
	Inert string
	// byDefault says that it attaches to Gateways that are marked as default.
	byDefault bool
	// refused counts the parents on which the mesh puts it out of force.
	refused int
}

// Line is one match of one rule: matches rank alone.
type Line struct {
	Rule intent.Rule
	// Index is the rule's place in its object.
	Index int
	route *Route
}
