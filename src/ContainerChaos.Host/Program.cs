using ContainerChaos.Host;

return CommandLine.Dispatch(args);
