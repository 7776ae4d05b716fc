package consul

import "github.com/transmesh/transmesh/pkg/legal"

// target says what Consul can express.
func target(string) (legal.Target, bool) { return legal.Target{}, false }
