package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"k8s.io/apimachinery/pkg/labels"
)

// input says where manifests come from.
type input struct {
	files     []string
	recursive bool
	kustomize string
	namespace string
	selector  string
	maxBytes  int
	// done are the files that were read: one named twice is read once.
	done map[string]bool
	// rev is the revision that the files are of; nil is the working tree.
	rev *revision
	// sparse says that a folder may be without manifests.
	sparse bool
	// passed are the folders of which manifests below are not read, and raw those with a
	// kustomization that is not rendered.
	passed, raw map[string]bool
}

// flags are those of a conversion: what to read, and which part of it to convert.
func (in *input) flags(f *pflag.FlagSet) {
	in.sources(f)
	f.StringVarP(&in.namespace, "namespace", "n", "", "convert the objects of this namespace only, which is also that of objects that name none; the rest is context")
	f.StringVarP(&in.selector, "selector", "l", "", "convert the objects with these labels only, such as app=cart; the rest is context")
}

// sources are the flags that say what to read.
func (in *input) sources(f *pflag.FlagSet) {
	in.passed, in.raw = map[string]bool{}, map[string]bool{}
	f.StringArrayVarP(&in.files, "filename", "f", nil, "file, folder or - for standard input; repeatable")
	f.BoolVarP(&in.recursive, "recursive", "R", false, "read folders with all that is below them")
	f.StringVarP(&in.kustomize, "kustomize", "k", "", "folder to render with kubectl kustomize")
	f.IntVar(&in.maxBytes, "max-bytes", 0, "largest document that is read, in bytes (default 16 MiB)")
}

// part chooses what is converted; nil is all.
func (in *input) part() (func(*source.Object) bool, error) {
	selector, err := labels.Parse(in.selector)
	if err != nil {
		return nil, fmt.Errorf("--selector: %w", err)
	}
	if in.namespace == "" && selector.Empty() {
		return nil, nil
	}
	return func(o *source.Object) bool {
		return (in.namespace == "" || translate.Within(in.namespace)(o)) && selector.Matches(labelsOf(o))
	}, nil
}

// labelsOf are the labels of an object, without marking them as read.
func labelsOf(o *source.Object) labels.Set {
	out := labels.Set{}
	const below = "metadata.labels."
	o.Root.Leaves(func(l source.Leaf) {
		if key, ok := strings.CutPrefix(l.Ref().Path, below); ok {
			out[key] = l.Value()
		}
	})
	return out
}

// extensions of files that are read from folders.
var extensions = []string{".yaml", ".yml", ".json", ".hcl"}

// read parses all files, in an order that does not depend on the file system.
func (in *input) read(stdin io.Reader) (translate.Input, error) {
	var out translate.Input
	bytes := 0
	add := func(file string, data []byte) {
		bytes += len(data)
		sparing(bytes)
		if in.rev != nil {
			file = in.rev.label(file)
		}
		objs, problems := source.Parse(file, data, source.Options{MaxBytes: in.maxBytes, Namespace: in.namespace})
		out.Objects, out.Problems = append(out.Objects, objs...), append(out.Problems, problems...)
	}
	if len(in.files) == 0 && in.kustomize == "" {
		return out, fmt.Errorf("no input: say -f FILE, -f FOLDER, -f - or -k FOLDER")
	}
	if in.kustomize != "" {
		data, err := render(in.kustomize)
		if err != nil {
			return out, err
		}
		add(in.kustomize, data)
	}
	in.done = map[string]bool{}
	for _, name := range in.files {
		if err := in.readOne(name, stdin, add); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (in *input) readOne(name string, stdin io.Reader, add func(string, []byte)) error {
	if name == "-" {
		data, err := io.ReadAll(stdin)
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		add("stdin", data)
		return nil
	}
	files, err := in.list(name)
	if err != nil {
		return err
	}
	for _, f := range files {
		if in.done[filepath.Clean(f)] {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		in.done[filepath.Clean(f)] = true
		add(filepath.ToSlash(f), data)
	}
	return nil
}

// list expands a folder to the manifests in it, sorted.
func (in *input) list(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	var files []string
	folder := filepath.Clean(name) + string(filepath.Separator) // follows a link
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != folder && !in.recursive:
			if holdsManifests(path) {
				in.passed[name] = true
			}
			return fs.SkipDir
		case isKustomization(d.Name()):
			in.raw[filepath.Dir(path)] = true
		case isManifest(d):
			files = append(files, path)
		}
		return nil
	})
	switch {
	case err != nil || len(files) > 0 || in.sparse:
		return files, err
	case in.raw[filepath.Clean(name)]:
		return nil, fmt.Errorf("%s: nothing but a kustomization in the folder: say -k %s", name, name)
	}
	return nil, fmt.Errorf("%s: no .yaml, .yml, .json or .hcl file in the folder (say -R for those below it)", name)
}

// holdsManifests reports whether a manifest is directly in a folder.
func holdsManifests(folder string) bool {
	all, err := os.ReadDir(folder)
	return err == nil && slices.ContainsFunc(all, isManifest)
}

func isManifest(d fs.DirEntry) bool {
	return !d.IsDir() && slices.Contains(extensions, strings.ToLower(filepath.Ext(d.Name())))
}

// isKustomization reports whether a file says how others of its folder are rendered.
func isKustomization(name string) bool {
	return slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, name)
}

// unread tells of folders of which only what is directly in them was read, and of
// those that were read as they are.
func (in *input) unread() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(in.passed)) {
		out = append(out, name+" has folders with manifests, which are not read: say -R for all that is below it")
	}
	for _, folder := range slices.Sorted(maps.Keys(in.raw)) {
		out = append(out, folder+" has a kustomization, and its files are read as they are: say -k "+folder+" to read what it makes of them")
	}
	return out
}

// render runs kubectl kustomize, which is the reference for kustomizations.
func render(folder string) ([]byte, error) {
	data, err := exec.Command("kubectl", "kustomize", folder).Output()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("--kustomize needs kubectl, which is not there: render the folder yourself, and give the result with -f -")
	case errors.As(err, &failed):
		return nil, fmt.Errorf("kubectl kustomize %s: %s", folder, kubectlSays(string(failed.Stderr)))
	}
	return data, err
}

// logged is the form in which kubectl writes what made it fail: a line of its log.
var logged = regexp.MustCompile(`(?m)^[IWEF]\d{4} .*\] "command failed" err=(".*")$`)

// kubectlSays is the message in what kubectl writes on standard error.
func kubectlSays(text string) string {
	if m := logged.FindStringSubmatch(text); m != nil {
		if message, err := strconv.Unquote(m[1]); err == nil {
			return message
		}
	}
	return strings.TrimSpace(text)
}
