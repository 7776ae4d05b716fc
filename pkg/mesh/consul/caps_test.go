package consul

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
)

// Every feature has an answer for every version, and each that is not a plain
// yes says why and where that is written.
func TestEveryFeatureIsAnswered(t *testing.T) { meshtest.EveryFeature(t, Mesh) }
