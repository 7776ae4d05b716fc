package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Agent is a server in development mode on loopback, which is its own client.
type Agent struct {
	http, grpc string
	// Trust is the trust domain of identities.
	Trust  string
	exited chan struct{}
	stderr bytes.Buffer
	// entries, services and nodes are what was written since the last Clean, in order.
	entries, services, nodes []string
}

// Start runs a server until the test ends. policy is what becomes of requests of
// which no intention speaks: allow or deny.
func Start(t testing.TB, policy string) *Agent {
	t.Helper()
	path, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	p := ports(t, 5)
	a := &Agent{http: fmt.Sprintf("http://127.0.0.1:%d", p[0]), grpc: fmt.Sprintf("127.0.0.1:%d", p[1]), exited: make(chan struct{})}
	cmd := exec.Command(path, "agent", "-dev", "-node", "referee", "-bind", "127.0.0.1", "-client", "127.0.0.1", "-log-level", "error",
		"-http-port", fmt.Sprint(p[0]), "-grpc-port", fmt.Sprint(p[1]), "-server-port", fmt.Sprint(p[2]), "-serf-lan-port", fmt.Sprint(p[3]),
		"-serf-wan-port", "-1", "-dns-port", "-1", "-grpc-tls-port", "-1",
		"-hcl", `disable_update_check=true`, "-hcl", fmt.Sprintf("default_intention_policy=%q", policy))
	cmd.Stderr = &a.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(a.exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-a.exited
	})
	a.await(t)
	return a
}

// ports finds free ports.
func ports(t testing.TB, n int) []int {
	t.Helper()
	var out []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

// await waits until the server takes configuration and has a certificate
// authority.
func (a *Agent) await(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var roots struct{ TrustDomain string }
		err := a.call("GET", "/v1/connect/ca/roots", nil, &roots)
		if err == nil && roots.TrustDomain != "" {
			if err = a.Put([]byte(`{"Kind":"service-defaults","Name":"probe-of-the-referee","Protocol":"tcp"}`)); err == nil {
				a.Trust = roots.TrustDomain
				if err = a.Clean(); err == nil {
					return
				}
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not start: %v\n%s", err, a.stderr.String())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Alive reports whether the server still runs.
func (a *Agent) Alive() bool {
	select {
	case <-a.exited:
		return false
	default:
		return true
	}
}

// Stderr is what the server wrote to it.
func (a *Agent) Stderr() string { return a.stderr.String() }

// call sends a request; a status other than 200 is an error with its text.
func (a *Agent) call(method, path string, body []byte, into any) error {
	ask := func() (*http.Response, error) {
		req, err := http.NewRequest(method, a.http+path, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return http.DefaultClient.Do(req)
	}
	resp, err := ask()
	if errors.Is(err, syscall.ECONNRESET) { // of a connection that was kept open; all that is asked may be asked twice
		resp, err = ask()
	}
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%d %s", resp.StatusCode, strings.TrimSpace(string(text)))
	case into == nil:
		return nil
	}
	return json.Unmarshal(text, into)
}
