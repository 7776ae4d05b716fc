package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// findMesh parses "linkerd" or "linkerd@2.20", one of the meshes given.
func findMesh(flag, spelled string, among []mesh.Mesh) (mesh.Mesh, string, error) {
	name, version, _ := strings.Cut(spelled, "@")
	if spelled == "" {
		return mesh.Mesh{}, "", fmt.Errorf("--%s is missing: one of %s", flag, strings.Join(meshNames(among), ", "))
	}
	for _, m := range among {
		if m.Name != name {
			continue
		}
		for _, v := range m.Versions {
			if version == "" || v == version {
				return m, v, nil
			}
		}
		return mesh.Mesh{}, "", fmt.Errorf("--%s: %s has no version %q: one of %s", flag, name, version, strings.Join(m.Versions, ", "))
	}
	return mesh.Mesh{}, "", fmt.Errorf("--%s: no mesh is called %q: one of %s", flag, name, strings.Join(meshNames(among), ", "))
}

func meshNames(of []mesh.Mesh) []string {
	var names []string
	for _, m := range of {
		names = append(names, m.Name)
	}
	return names
}

// readEnvironment reads the environment file, or nothing for "".
func readEnvironment(file string) (*intent.Environment, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	env, err := inventory.Environment(file, data)
	return &env, err
}
