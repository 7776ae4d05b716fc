package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// revision holds files as they are in a revision of a git repository. The git
// command reads it: it knows every way to name a revision and every form of a
// repository, and who compares revisions has it. go-git would bring twenty modules
// and eight megabytes, and neither filters nor partial clones.
type revision struct {
	name   string // as the user calls it
	commit string
	top    string // of the working tree
	folder string // where the files were laid out
}

// newRevision finds the repository that a path is in, and in it the revision.
func newRevision(name, path string) (*revision, error) {
	r := &revision{name: name}
	out, err := git(existing(path), nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	r.top = filepath.FromSlash(strings.TrimSpace(out))
	if out, err = git(r.top, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}"); err != nil {
		return nil, fmt.Errorf("--against: %s has no revision %q", r.top, name)
	}
	r.commit = strings.TrimSpace(out)
	return r, nil
}

// existing is the nearest folder of a path that is there.
func existing(path string) string {
	for {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return "."
		}
		path = up
	}
}

// layOut writes the files below some paths of the working tree into a new folder,
// and all files of the revision if there are no paths, or links among the files;
// remove takes the folder away. The repository is not touched: the index is one of
// its own.
func (r *revision) layOut(paths []string) (remove func(), err error) {
	if r.folder, err = os.MkdirTemp("", "transmesh-"); err != nil {
		return nil, err
	}
	remove = func() { os.RemoveAll(r.folder) }
	if err = r.checkOut(paths); err != nil {
		remove()
		return nil, err
	}
	return remove, nil
}

func (r *revision) checkOut(paths []string) error {
	index := []string{"GIT_INDEX_FILE=" + filepath.Join(r.folder, "index"), "GIT_LITERAL_PATHSPECS=1"}
	if _, err := git(r.top, index, "read-tree", r.commit); err != nil {
		return err
	}
	args := []string{"ls-files", "-z", "--stage", "--"}
	for _, p := range paths {
		rel, err := r.relative(p)
		if err != nil {
			return err
		}
		args = append(args, filepath.ToSlash(rel))
	}
	list, err := git(r.top, index, args...)
	if err != nil {
		return err
	}
	if len(paths) > 0 && links(list) {
		return r.checkOut(nil)
	}
	c := command(r.top, index, "checkout-index", "-z", "--stdin", "--prefix="+filepath.ToSlash(r.tree())+"/")
	c.Stdin = strings.NewReader(pathsIn(list))
	_, err = ran(c)
	return err
}

// tree is the folder that stands for the top of the working tree.
func (r *revision) tree() string { return filepath.Join(r.folder, "tree") }

// links reports whether a list of staged files has symbolic links.
func links(staged string) bool {
	return strings.HasPrefix(staged, "120000 ") || strings.Contains(staged, "\x00120000 ")
}

// pathsIn are the paths of a list of staged files, each ended by a zero byte.
func pathsIn(staged string) string {
	var b strings.Builder
	for _, line := range strings.Split(staged, "\x00") {
		if _, path, ok := strings.Cut(line, "\t"); ok {
			b.WriteString(path + "\x00")
		}
	}
	return b.String()
}

// at is where a path of the working tree was laid out.
func (r *revision) at(path string) (string, error) {
	rel, err := r.relative(path)
	return filepath.Join(r.tree(), rel), err
}

// relative is a path relative to the top of the working tree.
func (r *revision) relative(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	there := existing(abs)
	real, err := filepath.EvalSymlinks(there)
	if err != nil {
		return "", err
	}
	top, err := filepath.EvalSymlinks(r.top)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(top, filepath.Join(real, strings.TrimPrefix(abs, there)))
	if err == nil && (rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator))) {
		err = fmt.Errorf("--against: %s is not in the repository %s", path, r.top)
	}
	return rel, err
}

func command(folder string, env []string, args ...string) *exec.Cmd {
	c := exec.Command("git", append([]string{"-C", folder}, args...)...)
	c.Env = append(os.Environ(), env...)
	return c
}

func git(folder string, env []string, args ...string) (string, error) {
	return ran(command(folder, env, args...))
}

// ran runs a command, and returns what it prints.
func ran(c *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("comparing with a revision needs git, which is not there")
	case errors.As(err, &failed):
		return "", fmt.Errorf("git: %s", strings.TrimPrefix(strings.TrimSpace(errs.String()), "fatal: "))
	}
	return out.String(), err
}
