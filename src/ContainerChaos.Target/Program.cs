return ContainerChaos.Target.Commands.CommandTable.Run(args);
