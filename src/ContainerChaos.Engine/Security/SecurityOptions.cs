using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A container's security options, by the names of Docker's <c>--security-opt</c>.</summary>
/// <param name="Seccomp">The profile; null for unconfined.</param>
/// <param name="NoNewPrivileges">Whether execve(2) gives no privileges.</param>
/// <param name="AppArmor">The AppArmor profile; null for none.</param>
/// <param name="HidesSystemPaths">Whether parts of /proc and /sys are hidden or read-only.</param>
internal sealed record SecurityOptions(SeccompProfile? Seccomp, bool NoNewPrivileges, string? AppArmor, bool HidesSystemPaths)
{
    /// <summary>Reads options; a later one of the same name wins.</summary>
    /// <param name="options">
    /// <c>seccomp=PATH|builtin|unconfined</c>, <c>no-new-privileges[=true|false]</c>, <c>systempaths=unconfined</c>, <c>apparmor=PROFILE</c>,
    /// <c>label=disable</c>; a colon may stand for the equals sign.
    /// </param>
    /// <param name="privileged">Whether the container is privileged: what is not asked for is off then.</param>
    /// <param name="target">The container, for the error.</param>
    /// <exception cref="ContainerException">InvalidArgument; NotSupported: this kernel does not have what is asked for.</exception>
    public static SecurityOptions Parse(IReadOnlyList<string> options, bool privileged, string target)
    {
        string seccomp = privileged ? "unconfined" : "builtin", privileges = privileged ? "false" : "true";
        string? profile = null;
        var hides = !privileged;
        foreach (var option in options)
        {
            var (name, value) = option.Split(['=', ':'], 2) is [var head, var tail] ? (head, tail) : (option, null);
            switch (name)
            {
                case "seccomp" when value is { Length: > 0 }:
                    seccomp = value;
                    break;
                case "no-new-privileges" when value is null or "true" or "false":
                    privileges = value ?? "true";
                    break;
                case "systempaths" when value is "unconfined":
                    hides = false;
                    break;
                case "apparmor" when value is "unconfined":
                    profile = null;
                    break;
                case "apparmor" when value is { Length: > 0 }:
                    Require(SecurityModules.HasAppArmor, option, "this kernel does not have AppArmor enabled", "Leave it out, or use apparmor=unconfined.");
                    profile = value;
                    break;
                case "label" when value is "disable":
                    break;
                case "label" when value is { Length: > 0 }:
                    Require(SecurityModules.HasSelinux, option, "this kernel does not have SELinux enabled", "Leave it out, or use label=disable.");
                    Require(false, option, "the engine makes no SELinux labels", "Use label=disable, or run the container by ccrun with process.selinuxLabel in its config.json.");
                    break;
                default:
                    throw new ContainerException(ErrorReason.InvalidArgument, $"'{option}' is not a security option.", target)
                    {
                        Remedy = "Use seccomp=unconfined, seccomp=builtin, seccomp=PATH, no-new-privileges=true|false, systempaths=unconfined, apparmor=PROFILE or label=disable.",
                    };
            }
        }
        return new SecurityOptions(
            seccomp switch
            {
                "unconfined" => null,
                "builtin" => SeccompProfile.Default,
                _ => SeccompProfile.Read(seccomp, target),
            },
            privileges == "true",
            profile,
            hides);

        void Require(bool has, string option, string why, string remedy)
        {
            if (!has)
                throw EngineErrors.Option("SecurityOption", option, $"can't be had: {why}", target, remedy, ErrorReason.NotSupported);
        }
    }
}
