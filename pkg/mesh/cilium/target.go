package cilium

import "github.com/transmesh/transmesh/pkg/legal"

// target says what Cilium can express.
func target(string) (legal.Target, bool) { return legal.Target{}, false }
