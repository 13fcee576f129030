namespace ContainerChaos.Supervisor;
