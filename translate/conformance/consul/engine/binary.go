package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// version is the server's; the newest that builds from its modules.
const version = "1.20.1"

// Binary is the path of a Consul server: the one that CONSUL_BINARY names, or one
// that is built once from the module in server, a sibling of this package.
var Binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("CONSUL_BINARY"); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "transmesh-conformance", "consul-"+version)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	build := exec.Command("go", "build", "-o", path, "github.com/hashicorp/consul")
	build.Dir = filepath.Join("server")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build Consul: %w\n%s", err, out)
	}
	return path, nil
})
