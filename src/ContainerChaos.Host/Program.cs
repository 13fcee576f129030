using ContainerChaos.Supervisor;

// ccrun: a thin Main. What a verb does lives in the floors below.
return args switch
{
    [MonitorProgram.DetachVerb, .. var rest] => MonitorProgram.Detach(rest),
    [MonitorProgram.Verb, .. var rest] => MonitorProgram.Run(rest),
    _ => 2,
};
