// What removes a container's files works for its monitor too, a floor below.
global using OwnedDirectory = ContainerChaos.Supervisor.OwnedDirectory;
