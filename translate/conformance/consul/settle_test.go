package consul

import "testing"

// settled asks until both agree, or until the configuration has had time to reach
// the sidecars, and lists where they differ in the end. Servers hand out what was
// written a moment later.
func (w *world) settled(t *testing.T, ask func(*tally) []string, n *tally) []string {
	t.Helper()
	var wrong []string
	for range 4 {
		var once tally
		if wrong = ask(&once); len(wrong) == 0 {
			n.add(once)
			return nil
		}
		w.dump(t)
	}
	return wrong
}
