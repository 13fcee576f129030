namespace ContainerChaos.Target.Faults;

/// <summary>What the faults have done to this process so far; /info reports it.</summary>
internal static class Damage
{
    public static long LeakedBytes { get; set; }

    public static long Zombies { get; set; }

    public static long Orphans { get; set; }

    public static long HeldDescriptors { get; set; }

    public static long FilledBytes { get; set; }
}
