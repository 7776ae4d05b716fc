package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Envoy is a running one.
type Envoy struct {
	// Upstream is what stands behind all clusters.
	Upstream *Upstream

	admin     string
	exited    chan struct{}
	stderr    bytes.Buffer
	addresses map[string]string // of listeners, by their names
}

// Config is what an Envoy serves: resources in JSON form, with names that no two
// of a kind share. Addresses of listeners are filled in.
type Config struct{ Listeners, Clusters []map[string]any }

// Start runs an Envoy until the test ends. It takes each resource by itself, as from
// a control plane: see Refused.
func Start(t testing.TB, c Config, behind *Upstream) *Envoy {
	t.Helper()
	e := &Envoy{Upstream: behind, exited: make(chan struct{}), addresses: map[string]string{}}
	dir := t.TempDir()
	file := func(name string, content any) string {
		text, err := json.Marshal(content)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	for _, l := range c.Listeners {
		l["@type"], l["address"] = typeURL+"envoy.config.listener.v3.Listener", local(0)
	}
	for _, x := range c.Clusters {
		x["@type"] = typeURL + "envoy.config.cluster.v3.Cluster"
	}
	from := func(path string) any {
		return map[string]any{"resourceApiVersion": "V3", "pathConfigSource": map[string]any{"path": path}}
	}
	boot := file("bootstrap.json", map[string]any{
		"node":  map[string]any{"id": "referee", "cluster": "referee"},
		"admin": map[string]any{"address": local(0)},
		"dynamicResources": map[string]any{
			"ldsConfig": from(file("listeners.json", map[string]any{"versionInfo": "1", "resources": c.Listeners})),
			"cdsConfig": from(file("clusters.json", map[string]any{"versionInfo": "1", "resources": c.Clusters})),
		},
	})
	admin := filepath.Join(dir, "admin")
	cmd := exec.Command(binary(t), "-c", boot, "--admin-address-path", admin, "--concurrency", "1", "--log-level", "warn", "--use-dynamic-base-id")
	cmd.Stderr = &e.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(e.exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-e.exited
	})
	e.await(t, admin)
	return e
}

const typeURL = "type.googleapis.com/"

// local is a port on loopback; 0 is any that is free.
func local(port int) map[string]any {
	return map[string]any{"socketAddress": map[string]any{"address": "127.0.0.1", "portValue": port}}
}

// await waits until all resources are taken or refused, and asks where listeners are.
func (e *Envoy) await(t testing.TB, admin string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		address, _ := os.ReadFile(admin)
		e.admin = string(address)
		if text, err := e.ask("/ready"); err == nil && strings.HasPrefix(text, "LIVE") {
			break
		}
		select {
		case <-e.exited:
			t.Fatalf("Envoy ends:\n%s", e.stderr.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("Envoy does not start:\n%s", e.stderr.String())
		}
	}
	text, err := e.ask("/listeners?format=json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Statuses []struct {
			Name    string `json:"name"`
			Address struct {
				Socket struct {
					Address string `json:"address"`
					Port    int    `json:"port_value"`
				} `json:"socket_address"`
			} `json:"local_address"`
		} `json:"listener_statuses"`
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	for _, l := range all.Statuses {
		e.addresses[l.Name] = net.JoinHostPort(l.Address.Socket.Address, fmt.Sprint(l.Address.Socket.Port))
	}
}

func (e *Envoy) ask(path string) (string, error) {
	resp, err := http.Get("http://" + e.admin + path)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// Counts are what Envoy counted of clusters whose names have a prefix, but for zeroes.
func (e *Envoy) Counts(prefix string) string {
	text, err := e.ask("/stats?usedonly&filter=" + url.QueryEscape("^cluster\\."+regexp.QuoteMeta(prefix)))
	if err != nil {
		return err.Error()
	}
	return text
}

// Serves reports whether Envoy took a listener.
func (e *Envoy) Serves(listener string) bool { return e.addresses[listener] != "" }

// Refused is what Envoy says of resources whose names have a prefix; "" where it
// took them all.
func (e *Envoy) Refused(prefix string) string {
	var out []string
	for _, entry := range strings.Split(e.stderr.String(), "\n[20") {
		if strings.Contains(entry, "rejected: ") && strings.Contains(entry, "'"+prefix) || strings.Contains(entry, "Error adding/updating") && strings.Contains(entry, " "+prefix) {
			out = append(out, entry)
		}
	}
	return strings.Join(out, "\n")
}
