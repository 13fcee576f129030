using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>The keys that leave a container's terminal and let what runs there run on, as Docker's <c>--detach-keys</c> writes them.</summary>
internal sealed class DetachKeys
{
    /// <summary>Docker's.</summary>
    public const string Default = "ctrl-p,ctrl-q";

    private readonly byte[] _keys;
    private int _matched;

    private DetachKeys(byte[] keys) => _keys = keys;

    /// <summary>Reads <c>a</c>, <c>ctrl-p,ctrl-q</c> and the like: single characters, and ctrl- with a letter or one of <c>@ [ \ ] ^ _</c>.</summary>
    /// <param name="text">The keys; empty for none.</param>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static DetachKeys Parse(string text) => new([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(key => Key(key.Trim(), text))]);

    /// <summary>Takes what was typed. Keys that may be the beginning of the sequence are kept back until it is clear that they are not.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="passed">Gets what is for the container.</param>
    /// <returns>True when the sequence is complete; what follows it is dropped.</returns>
    public bool Take(ReadOnlySpan<byte> typed, List<byte> passed)
    {
        foreach (var key in typed)
        {
            if (_keys.Length > 0 && key == _keys[_matched])
            {
                if (++_matched < _keys.Length)
                    continue;
                _matched = 0;
                return true;
            }

            passed.AddRange(_keys.AsSpan(0, _matched));
            _matched = 0;
            // It may begin the sequence anew.
            if (_keys.Length > 0 && key == _keys[0])
                _matched = 1;
            else
                passed.Add(key);
        }

        return false;
    }

    private static byte Key(string key, string all)
    {
        if (key is [> ' ' and < (char)127 and var single])
            return (byte)single;
        if (key.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase) && key is [.., var letter] && key.Length == 6 && char.ToUpperInvariant(letter) is >= '@' and <= '_' and var upper)
            return (byte)(upper - '@');
        EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{key}' in the detach keys '{all}' is no key.", all, $"Write a character, or ctrl- and a letter or one of @ [ \\ ] ^ _, with commas between: {Default}");
        return 0;
    }
}
