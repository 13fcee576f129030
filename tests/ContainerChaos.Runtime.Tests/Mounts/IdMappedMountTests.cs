using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>Mounts whose files have other owners than on disk (runtime-spec, config: Mounts, uidMappings; mount_setattr(2)).</summary>
public sealed class IdMappedMountTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;
    private readonly string _volume;

    public IdMappedMountTests()
    {
        _bundle = new Bundle(_root);
        _volume = _bundle.Outside("volume");
        Directory.CreateDirectory(Path.Combine(_volume, "below"));
        File.WriteAllText(Path.Combine(_volume, "file"), "");
    }

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData(false, "1000:2000\n")]
    [InlineData(true, "5:10\n")]
    public void The_mount_s_own_maps_say_who_owns_a_file(bool userNamespace, string expected)
    {
        var (user, group) = userNamespace ? (100005u, 100010u) : (1000u, 2000u);
        if (userNamespace)
            _bundle.InUserNamespace();
        _bundle.With(Bind(_volume, "/mnt") with { UidMappings = [Map(0, user)], GidMappings = [Map(0, group)] });
        Assert.Equal(expected, _bundle.Read("stat -c %u:%g /mnt/file"));
    }

    [BusyboxTheory]
    [InlineData("idmap", "0:0 65534:65534\n")]
    [InlineData("ridmap", "0:0 0:0\n")]
    public void Without_maps_it_takes_the_container_s_with_what_is_below_or_without(string option, string expected)
    {
        _bundle.InUserNamespace().With(new MountSpec { Source = _volume, Destination = "/mnt", Options = ["rbind", option] });
        Assert.Equal(expected, _bundle.Read("echo $(stat -c %u:%g /mnt/file /mnt/below)", $"mount --bind {_volume}/below {_volume}/below"));
    }

    [BusyboxFact]
    public void Maps_can_be_written_as_crun_has_them()
    {
        _bundle.With(Bind(_volume, "/mnt", "idmap=uids=0-1000-10#10-5000-1;gids=0-2000-10"));
        Assert.Equal("1000:2000\n", _bundle.Read("stat -c %u:%g /mnt/file"));
    }

    [BusyboxFact]
    public void A_relative_map_counts_in_the_container()
    {
        _bundle.InUserNamespace().With(Bind(_volume, "/mnt", "idmap=uids=@0-7-10;gids=@0-8-10"));
        Assert.Equal("7:8\n", _bundle.Read("stat -c %u:%g /mnt/file"));
    }

    [BusyboxFact]
    public void A_source_that_was_mounted_before_in_the_container_is_mapped_as_well()
    {
        var inside = Path.Combine(_bundle.RootFileSystem, "mnt");
        _bundle.InUserNamespace().With(Bind(_volume, "/mnt"), Bind(inside, "/final", "idmap"));
        Assert.Equal("65534:65534\n0:0\n", _bundle.Read("stat -c %u:%g /mnt/file /final/file"));
    }

    [BusyboxFact]
    public void A_mapping_that_is_incomplete_or_wrong_is_refused()
    {
        Refused(Bind(_volume, "/mnt") with { UidMappings = [Map(0, 1000)] }, "mounts[7].gidMappings");
        Refused(Bind(_volume, "/mnt", "idmap"), "mounts[7].options");
        Refused(Bind(_volume, "/mnt", "idmap=uids=0-1000"), "'0-1000' is not");
        Refused(Bind(_volume, "/mnt", "idmap=uids=@0-7-10;gids=0-1-1"), "relative");
        Refused(Bind(_volume, "/mnt", "idmap=users=0-1-1"), "users=0-1-1");
    }

    [BusyboxFact]
    public void A_file_system_that_can_t_map_is_named()
    {
        Refused(Bind("/sys/kernel", "/mnt") with { UidMappings = [Map(0, 1000)], GidMappings = [Map(0, 1000)] }, "map the ids of /mnt");
    }

    private static IdMappingSpec Map(uint first, uint host) => new() { ContainerID = first, HostID = host, Size = 10 };

    private void Refused(MountSpec mount, string message)
    {
        var (code, _, errors) = new Bundle(_root).With(mount).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains(message, errors);
    }
}
