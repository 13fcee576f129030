namespace ContainerChaos.Linux;
