//go:build tools

// Package server pins the Consul server that the referee runs. It is a module of
// its own: the server's dependencies suit no other package.
package server

import _ "github.com/hashicorp/consul"
