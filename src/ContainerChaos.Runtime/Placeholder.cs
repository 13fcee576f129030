namespace ContainerChaos.Runtime;
