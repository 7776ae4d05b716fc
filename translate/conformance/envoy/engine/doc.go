// Package engine runs an Envoy on loopback, with servers behind it that tell what
// reaches them.
package engine
