using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>What is different for containers of an ordinary user: they are in a user namespace, whose root is that user.</summary>
internal static class OrdinaryUser
{
    private static readonly Lazy<IdMaps?> s_maps = new(() => OwnIdentity.User == 0 ? null : SubordinateIds.OfCaller());

    /// <summary>The ids of this user's containers; null for root, who needs no namespace.</summary>
    public static IdMaps? Maps => s_maps.Value;

    /// <summary>Puts a container into a user namespace.</summary>
    /// <exception cref="ContainerException">NotSupported: its user has no id in there.</exception>
    public static RuntimeSpec Adapt(RuntimeSpec spec, IdMaps maps, string target) => spec with
    {
        Process = spec.Process! with { User = Adapt(spec.Process.User, maps, target) },
        // No mount option may name a group that the namespace does not have.
        Mounts = maps.HasOthers
            ? spec.Mounts
            : [.. spec.Mounts.Select(mount => mount with { Options = [.. mount.Options.Where(option => !option.StartsWith("gid=", StringComparison.Ordinal))] })],
        Linux = spec.Linux! with
        {
            Namespaces = [.. spec.Linux.Namespaces, new NamespaceSpec { Type = "user" }],
            UidMappings = maps.Users,
            GidMappings = maps.Groups,
        },
    };

    /// <summary>A user as they can be in a namespace.</summary>
    /// <exception cref="ContainerException">NotSupported: they have no id in there.</exception>
    public static UserSpec Adapt(UserSpec user, IdMaps maps, string target)
    {
        if (!maps.Contains(user.Uid, user.Gid))
        {
            throw new ContainerException(
                ErrorReason.NotSupported, $"User {user.Uid}:{user.Gid} does not exist in the user namespace of '{target}', which has the ids {maps.Describe()}.", target)
            {
                Remedy = maps.HasOthers
                    ? "Have an administrator give this user more ids in /etc/subuid and /etc/subgid, or choose another -User."
                    : "Use -User root; or have an administrator install newuidmap and newgidmap (package uidmap) and give this user a range in /etc/subuid and /etc/subgid, then import the image again.",
            };
        }

        // Where there is one id, setgroups(2) is denied, and root is in no group that it could be of use to leave out.
        return maps.HasOthers ? user with { AdditionalGids = [.. user.AdditionalGids.Where(group => maps.Contains(0, group))] } : user with { AdditionalGids = [] };
    }
}
