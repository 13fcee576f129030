using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A container's security options, by the names of Docker's <c>--security-opt</c>.</summary>
/// <param name="Seccomp">The profile; null for unconfined.</param>
/// <param name="NoNewPrivileges">Whether execve(2) gives no privileges.</param>
internal sealed record SecurityOptions(SeccompProfile? Seccomp, bool NoNewPrivileges)
{
    /// <summary>Reads options; a later one of the same name wins.</summary>
    /// <param name="options"><c>seccomp=PATH|builtin|unconfined</c>, <c>no-new-privileges[=true|false]</c>; a colon may stand for the equals sign.</param>
    /// <param name="target">The container, for the error.</param>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static SecurityOptions Parse(IReadOnlyList<string> options, string target)
    {
        string seccomp = "builtin", privileges = "true";
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
                default:
                    throw new ContainerException(ErrorReason.InvalidArgument, $"'{option}' is not a security option.", target)
                    {
                        Remedy = "Use seccomp=unconfined, seccomp=builtin, seccomp=PATH, or no-new-privileges=true|false.",
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
            privileges == "true");
    }
}
